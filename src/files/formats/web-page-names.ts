/**
 * What classes and ids call that which stands around a page's text. These are the words of programs that make pages, not of
 * single sites: consent managers, content management, forums, shops, generators of documentation.
 *
 * Each is looked for as a whole word, or words with `-` between them, of a class or an id: `shareBar_x1` is `share bar x1`.
 */
const toNames = (names: string) => new RegExp(`(?:^|[ -])(?:${names.trim().split(/\s+/).join("|")})(?=[ -]|$)`);

/** Never of any use, wherever it stands. */
export const asides = toNames(`
  onetrust onetrust-consent-sdk cookiebot cybot-cookiebot-dialog sp-message-container usercentrics\\w* didomi\\w* qc-cmp2
  truste\\w* trustarc osano iubenda klaro borlabs-cookie cmplz cookie-(?:law-info|consent|banner|notice|notification|bar|popup|modal|overlay|dialog|hint)
  cookieconsent cookie-?bar cc-(?:window|banner) gdpr consent consent-\\w+ cmp shopify-pc
  paywall regwall subscription-\\w+ subscribe(?:-\\w+)? newsletter\\w* sign-?up signup-\\w+ mailing-list modal popup lightbox toast
  share shares sharing share-\\w+ sharedaddy social(?:-\\w+)? sns addthis addtoany follow-us
  related related-\\w+ jp-relatedposts recommended recommendations? recommended-\\w+ more-(?:from|on|topics|stories|news|articles|posts|like)
  also-like read-(?:more|next|also) see-also-box upsells? cross-sells? outbrain\\w* taboola\\w* onward most-(?:read|popular|viewed) trending
  popular-(?:posts|articles|stories|news) hot-news recently-viewed recent-posts promo promos promotion sponsored advert advertisement\\w* advertising
  ad-(?:slot|container|wrapper|unit|label|banner|block|box|placeholder) ads-banner adsbygoogle dfp announcement announcement-bar sitenotice site-notice centralnotice
  author-(?:bio|box|card) about-(?:the-)?author tags tag-list tags-links cat-links post-tags entry-footer
  skip-link skip-links skiplink skip-to-\\w+ jump-link sr-only visually-hidden screen-reader-text screen-reader screenreader noprint no-print print-only
  mw-editsection mw-jump-link navbox navbox-styles catlinks printfooter site-sub mw-indicators mw-cite-backlink references reflist mw-references-wrap hatnote ambox
  headerlink hash-link anchor-link header-anchor heading-anchor permalink edit-this-page theme-edit-this-page edit-page edit-link last-updated
  page-feedback feedback was-this-helpful rst-versions theme-doc-footer
  (?<!post-)signature post-buttons post-likes post-menu profile-posts profile-joined profile-location profile-contact action-bar action-bars jumpbox
  online-list who-is-online stat-block topic-map post-form reply-form answer-form comment-form login-form
  quantity add-to-cart wishlist mini-?cart cart-drawer quick-view
  copyright licence-footer site-footer site-info colophon page-footer global-footer footer-nav foot fusszeile
  loader loading spinner skeleton
`);

/** Ways to elsewhere: so much of it must be links, lest a list of dishes called `menu` goes too. */
export const ways = toNames(`
  nav navs nav-\\w+ gnav navbar navigation main-navigation main-menu menu menus menu-\\w+ topnav sub-?nav breadcrumbs? crumbs? topicpath pankuzu pagination pager paging
  toc table-of-contents tableofcontents document-toc sidebar side-?bar side side-nav widget widgets widget-area topbar top-bar c-top
  footer foot header site-header page-header global-header masthead languages? lang-switcher language-switcher interlanguage-link mw-portlet-lang
  tags tag-cloud categories linklist links-list blogroll archive-list
`);
export const leastLinked = 0.3;

/** What stands at the side, links or not. */
export const sides = toNames(
  `sidebar sidebar-\\w+ side-?bar side-column right-rail rail widget-area widget fusszeile footer site-header masthead`,
);

export const comments = toNames(
  `comments comments-\\w+ comment-list comment-box comment-section comment-respond respond commentlist disqus\\w* responses discussion-thread user-comments`,
);

/** Boxes within a text, which `aside` is used for as well. */
export const boxes = toNames(
  `quote note notes footnotes? admonition callout tip warning caution danger info hint important starlight-aside sidenote marginnote`,
);

/** The names of an element, as they are compared. A section's id that its own heading links to is made of the heading's words. */
export function namesOf(element: Element): string {
  const { id, firstElementChild: first } = element;
  const isOfHeading = id !== "" && /^h[1-6]$/.test(first?.localName ?? "") && linksTo(first, `#${id}`);
  const names = `${element.getAttribute("class") ?? ""} ${isOfHeading ? "" : id}`.slice(0, maxNames);
  return names
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/[_\s-]+/g, (run) => (/\s/.test(run) ? " " : "-"))
    .toLowerCase();
}

/** Arbitrary, in characters. */
const maxNames = 500;

function linksTo(heading: Element | null, target: string): boolean {
  return [...(heading?.getElementsByTagName("a") ?? [])].some((link) => link.getAttribute("href") === target);
}
