/** Pixels from the end within which a reader counts as being there. */
const NEAR = 32;

/** What makes the page longer where it is clicked. */
const UNFOLDING = "summary, [aria-expanded], .picture, .edit";

/** Clicks are seen before anything has changed by them. */
const CAPTURE = true;

/** What stays there whatever is done with that. */
const PLACES = "details, .sources, .block, .turn";

/** Keeps a scroller at its end while its content grows, until the reader scrolls away. */
export class Follower {
	private isFollowing = true;
	private height = 0;
	private top = 0;
	private held: { readonly element: Element; readonly top: number } | null = null;
	private readonly observer = new ResizeObserver(() => {
		this.grew();
	});

	/** `away` is called when the reader leaves the end, and when he is there again. */
	constructor(
		private readonly scroller: HTMLElement,
		private readonly content: HTMLElement,
		private readonly away: (isAway: boolean) => void,
	) {
		this.observer.observe(content);
		this.observer.observe(scroller);
		scroller.addEventListener("scroll", this.scrolled, { passive: true });
		content.addEventListener("click", this.clicked, CAPTURE);
	}

	close(): void {
		this.observer.disconnect();
		this.scroller.removeEventListener("scroll", this.scrolled);
		this.content.removeEventListener("click", this.clicked, CAPTURE);
	}

	/** Follows the end again from the next change on: to go there at once would lay the page out twice. */
	resume(): void {
		this.follow(true);
	}

	/** Goes to the end and follows it again. */
	jump(): void {
		this.follow(true);
		this.scroller.scrollTop = this.scroller.scrollHeight;
	}

	/** Keeps an element where it is, whatever grows around it, until the reader scrolls. */
	hold(element: Element): void {
		this.held = { element, top: element.getBoundingClientRect().top };
	}

	private grew(): void {
		const { held, scroller } = this;
		if (held?.element.isConnected) this.keep(held.element, held.top);
		else if (this.isFollowing) scroller.scrollTop = scroller.scrollHeight;
		this.height = scroller.scrollHeight;
		this.top = scroller.scrollTop;
	}

	private keep(element: Element, top: number): void {
		this.scroller.scrollTop += element.getBoundingClientRect().top - top;
		this.follow(this.rest < 1);
	}

	/** Pixels to the end. */
	private get rest(): number {
		const { scrollTop, scrollHeight, clientHeight } = this.scroller;
		return scrollHeight - clientHeight - scrollTop;
	}

	/** What is unfolded is read from where it was clicked. */
	private readonly clicked = (event: Event): void => {
		const place = (event.target as Element).closest(UNFOLDING)?.closest(PLACES);
		if (place) this.hold(place);
	};

	/** Only a reader moves upwards while the height stays the same. */
	private readonly scrolled = (): void => {
		const { scrollTop, scrollHeight } = this.scroller;
		if (scrollTop !== this.top && scrollHeight === this.height) this.held = null;
		if (scrollTop < this.top && scrollHeight === this.height) this.follow(false);
		else if (scrollTop > this.top && this.rest <= NEAR) this.follow(true);
		this.top = scrollTop;
		this.height = scrollHeight;
	};

	private follow(isFollowing: boolean): void {
		if (isFollowing) this.held = null;
		if (isFollowing === this.isFollowing) return;
		this.isFollowing = isFollowing;
		this.away(!isFollowing);
	}
}
