import { html, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";

import { icon } from "../icon.js";
import { define, Part } from "./part.js";

/** The list of keyboard shortcuts. */
export class ShortcutsDialog extends Part {
	@query("dialog") private readonly dialog!: HTMLDialogElement;

	show(): void {
		this.dialog.showModal();
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		const shortcuts: [string, string][] = [
			["Enter", texts.send],
			["Shift + Enter", texts.shortcutLine],
			["Esc", texts.stop],
			["↑", texts.shortcutEditLast],
			["/", texts.shortcutFocus],
			["Ctrl + K", texts.search],
			["Ctrl + Shift + O", texts.newConversation],
			["? · Ctrl + /", texts.shortcutHelp],
		];
		return html`<dialog aria-labelledby="shortcuts">
			<form method="dialog">
				<header>
					<h2 id="shortcuts">${texts.shortcuts}</h2>
					<button class="quiet" aria-label=${texts.close} title=${texts.close}>${icon("close")}</button>
				</header>
				<dl>
					${shortcuts.map(
						([keys, what]) =>
							html`<dt>${what}</dt>
								<dd><kbd>${keys}</kbd></dd>`,
					)}
				</dl>
			</form>
		</dialog>`;
	}
}

define("ai-assistant-shortcuts", ShortcutsDialog);
