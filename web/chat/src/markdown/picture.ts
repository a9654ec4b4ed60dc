import type { Texts } from "../texts/texts.js";

/** In the place of a picture from elsewhere: a button that shows it here, or beside the page if that does not allow it. */
export function pictureButton(picture: HTMLImageElement, texts: Texts): HTMLElement {
	const source = picture.getAttribute("src") ?? "";
	const alt = picture.alt;
	const button = document.createElement("button");
	button.type = "button";
	button.className = "picture";
	button.textContent = texts.showPicture(new URL(source).host, alt);
	button.addEventListener("click", () => {
		const shown = document.createElement("img");
		shown.referrerPolicy = "no-referrer";
		shown.alt = alt;
		shown.addEventListener("error", () => {
			shown.replaceWith(linkTo(source, alt));
			open(source, "_blank", "noopener,noreferrer");
		});
		shown.src = source;
		button.replaceWith(shown);
	});
	return button;
}

/** What stays of a picture that could not be shown here. */
function linkTo(source: string, alt: string): HTMLAnchorElement {
	const link = document.createElement("a");
	link.href = source;
	link.target = "_blank";
	link.rel = "noopener noreferrer nofollow";
	link.textContent = alt || source;
	return link;
}
