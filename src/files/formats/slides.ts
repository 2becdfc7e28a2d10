/** A slide as HTML, and what its speaker means to say. */
export interface Slide {
  readonly html: string;
  readonly notes: string;
}

/** `<!-- Slide 3 -->` stands alone on a line before each slide, which pieces of it are cited by; notes are quoted. */
export function writeSlides(slides: readonly Slide[], toMarkdown: (html: string) => string): string {
  return slides
    .map(({ html, notes }, index) => {
      const parts = [`<!-- Slide ${index + 1} -->`, toMarkdown(html), toMarkdown(`<blockquote>${notes}</blockquote>`)];
      return parts.filter((part) => part !== "").join("\n\n");
    })
    .join("\n\n");
}
