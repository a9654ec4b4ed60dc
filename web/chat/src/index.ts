export { Chat, type ConversationChange } from "./chat.js";
