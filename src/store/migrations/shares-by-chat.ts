/** The shares of one stored chat are looked for when it is shared again, and when it is deleted. */
export const indexSharesByChat = "CREATE INDEX shares_by_chat ON shares (owner, chat_id, id);";
