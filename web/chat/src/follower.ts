/** Pixels from the end within which a reader counts as being there. */
const NEAR = 32;

/** Keeps a scroller at its end while its content grows, until the reader scrolls away. */
export class Follower {
	private isFollowing = true;
	private height = 0;
	private top = 0;
	private readonly observer = new ResizeObserver(() => {
		this.grew();
	});

	/** `away` is called when the reader leaves the end, and when he is there again. */
	constructor(
		private readonly scroller: HTMLElement,
		content: HTMLElement,
		private readonly away: (isAway: boolean) => void,
	) {
		this.observer.observe(content);
		this.observer.observe(scroller);
		scroller.addEventListener("scroll", this.scrolled, { passive: true });
	}

	close(): void {
		this.observer.disconnect();
		this.scroller.removeEventListener("scroll", this.scrolled);
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

	private grew(): void {
		if (this.isFollowing) this.scroller.scrollTop = this.scroller.scrollHeight;
		this.height = this.scroller.scrollHeight;
		this.top = this.scroller.scrollTop;
	}

	/** Only a reader moves upwards while the height stays the same. */
	private readonly scrolled = (): void => {
		const { scrollTop, scrollHeight, clientHeight } = this.scroller;
		if (scrollTop < this.top && scrollHeight === this.height) this.follow(false);
		else if (scrollTop > this.top && scrollHeight - clientHeight - scrollTop <= NEAR) this.follow(true);
		this.top = scrollTop;
		this.height = scrollHeight;
	};

	private follow(isFollowing: boolean): void {
		if (isFollowing === this.isFollowing) return;
		this.isFollowing = isFollowing;
		this.away(!isFollowing);
	}
}
