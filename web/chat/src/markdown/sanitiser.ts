import DOMPurify from "dompurify";

const TAGS =
	"a abbr b bdi bdo blockquote br caption cite code dd del details dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins " +
	"kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var";

const ATTRIBUTES =
	"align alt colspan data-language data-math dir lang open reversed rowspan start title".split(" ");

/** What is left of HTML that may hold anything. The fragment belongs to a document that loads and runs nothing. */
export function sanitised(html: string): DocumentFragment {
	return DOMPurify.sanitize(html, {
		ALLOWED_TAGS: TAGS.split(" "),
		ALLOWED_ATTR: [...ATTRIBUTES, "href", "src"],
		ADD_URI_SAFE_ATTR: ATTRIBUTES,
		ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
		ALLOW_ARIA_ATTR: false,
		ALLOW_DATA_ATTR: false,
		RETURN_DOM_FRAGMENT: true,
	});
}
