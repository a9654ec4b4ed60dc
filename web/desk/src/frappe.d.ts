import type { Socket } from "socket.io-client";

declare global {
	/** What the desk gives to every script. */
	const frappe: Desk;
	/** The form in view. */
	const cur_frm: Form | null | undefined;
	/** jQuery, as far as it is needed here. */
	function $(target: Document): { on(events: string, listener: () => void): void };
	/** Translates. */
	function __(text: string, values?: readonly string[]): string;

	interface Desk {
		readonly boot: { readonly lang: string };
		readonly csrf_token: string;
		readonly session: { readonly user: string };
		readonly realtime: { readonly socket?: Socket; connect?(): void };
		readonly dom: { set_style(css: string, id: string): void };
		readonly app: { readonly sidebar?: Sidebar };
		readonly user: { has_role(roles: readonly string[]): boolean };
		readonly router: { on(event: "change", listener: () => void): void };
		readonly pages: Record<string, DeskPage>;
		readonly meta: { get_docfields(doctype: string, name: string): readonly Field[] };
		get_route(): readonly string[];
		set_route(...route: readonly string[]): Promise<unknown>;
		require(bundle: string): Promise<unknown>;
		ai_assistant: DeskChat;
	}

	/** What the chat's bundle adds to the desk. */
	interface DeskChat {
		showPage(wrapper: HTMLElement): void;
		togglePanel(button: HTMLElement): void;
	}

	/** Of a newer desk. */
	interface Sidebar {
		/** Where search and notifications are. */
		readonly $standard_items_sections: unknown;
		add_item(section: unknown, item: SidebarItem): void;
	}

	interface SidebarItem {
		readonly type: "Button";
		readonly standard: true;
		readonly icon: string;
		readonly label: string;
		readonly class: string;
	}

	interface DeskPage {
		on_page_load?(wrapper: HTMLElement): void;
		on_page_show?(wrapper: HTMLElement): void;
	}

	interface Form {
		readonly doctype: string;
		readonly docname: string;
		readonly doc: DeskDocument;
		readonly fields: readonly FormField[];
		get_title?(): string;
	}

	type DeskDocument = Readonly<Record<string, unknown>>;

	interface FormField {
		readonly df: Field;
		/** `None` for one that this user does not see. */
		readonly disp_status?: "None" | "Read" | "Write";
	}

	interface Field {
		readonly fieldname: string;
		readonly fieldtype: string;
		readonly label?: string;
		readonly options?: string;
		readonly hidden?: 0 | 1;
	}
}
