/** A store of `zustand` that this browser keeps. */
interface KeptStore {
  readonly persist: { getOptions(): { readonly name?: string | undefined }; rehydrate(): unknown };
}

/** What another tab changes is changed here as well, rather than written over by the next change. */
export function followTabs(store: KeptStore): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (newValue !== null && key === store.persist.getOptions().name) void store.persist.rehydrate();
  });
}
