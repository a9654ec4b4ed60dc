/** What the methods of the standalone site answer; docs/protocol.md has their words. */
export interface Account {
	readonly user: string | null;
	readonly full_name: string;
	readonly is_admin: boolean;
}

export const KINDS = ["openai_compatible", "openai", "anthropic", "scripted"] as const;

export type Kind = (typeof KINDS)[number];

export interface Model {
	readonly name: string;
	readonly reasoning: boolean;
}

export interface Provider {
	readonly name: string;
	readonly kind: Kind;
	readonly base_url: string | null;
	readonly models: readonly Model[];
	readonly timeout: number;
	readonly is_enabled: boolean;
	readonly is_of_file: boolean;
	readonly has_key: boolean;
}

export interface Trial {
	readonly success: boolean;
	readonly detail: string;
	readonly remedy: string;
}

export interface User {
	readonly name: string;
	readonly is_admin: boolean;
	readonly is_disabled: boolean;
	/** Unix seconds. */
	readonly created: number;
}

export interface AddedUser {
	readonly name: string;
	readonly password: string;
}

export const STATUSES = ["queued", "running", "completed", "failed"] as const;

export type Status = (typeof STATUSES)[number];

export interface Run {
	readonly task_id: string;
	readonly user: string;
	readonly status: Status;
	/** Unix seconds. */
	readonly created: number;
	readonly provider: string | null;
	readonly model: string | null;
	readonly first_event_ms: number | null;
	readonly duration_ms: number | null;
	readonly total_tokens: number | null;
	readonly cost: number | null;
	readonly finish_reason: string | null;
	readonly error: string | null;
}

export interface RunPage {
	readonly runs: readonly Run[];
	readonly cursor: string | null;
}

export interface Figures {
	readonly queued: number;
	readonly running: number;
	readonly completed: number;
	readonly failed: number;
	readonly first_event_ms: number | null;
	readonly deltas_per_second: number;
	/** Bytes. */
	readonly memory: number;
	readonly engines: readonly unknown[];
}
