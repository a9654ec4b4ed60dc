const PREFIX = "ai-assistant:";

/** What this device remembers for one user of one site. */
export class Memory {
	private readonly prefix: string;

	constructor(site: string, user: string) {
		this.prefix = `${PREFIX}${site}:${user}:`;
	}

	/** `provider/model`, as it was chosen last; "" for the site's own choice. */
	get model(): string {
		return this.read("model");
	}

	set model(model: string) {
		this.write("model", model);
	}

	/** What was typed in a conversation but not sent. */
	draft(conversation: string): string {
		return this.read(`draft:${conversation}`);
	}

	keepDraft(conversation: string, text: string): void {
		this.write(`draft:${conversation}`, text);
	}

	/** What was sent in a conversation but not taken by the site yet. */
	unsent(conversation: string): string {
		return this.read(`unsent:${conversation}`);
	}

	keepUnsent(conversation: string, text: string): void {
		this.write(`unsent:${conversation}`, text);
	}

	private read(name: string): string {
		return stored()?.getItem(this.prefix + name) ?? "";
	}

	private write(name: string, value: string): void {
		try {
			if (value) stored()?.setItem(this.prefix + name, value);
			else stored()?.removeItem(this.prefix + name);
		} catch {
			// There is no room left.
		}
	}
}

/** Undefined where the browser keeps nothing for this page. */
function stored(): Storage | undefined {
	try {
		return localStorage;
	} catch {
		return undefined;
	}
}
