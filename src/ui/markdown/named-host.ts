const address = /^(?:(?:https?:)?\/\/)?(?:[^\s/@]+@)?((?:[\p{L}\d-]+\.)+[\p{L}]{2,24})(?::\d+)?(?:[/?#]\S*)?$/iu;

/** The host that the words of a link name, where they are an address: it may be another than where it leads. */
export function hostThatIsNamed(text: string): string | undefined {
  const found = text.length > 2000 ? undefined : address.exec(text.trim())?.[1];
  return found === undefined || /^[\p{L}\d-]+\.(?:js|ts|md|py|txt|json|css|html|go|rs)$/iu.test(found)
    ? undefined
    : (URL.parse(`https://${found}`)?.host ?? found);
}
