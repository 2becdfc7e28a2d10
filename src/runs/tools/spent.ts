/** What is said once tools of any kind were called as often as they may be: to people, and to the model. */
export const whySpent = "it had called tools as often as it may";
export const lastWords = "No more tools can be called: answer now, with what there is.";
