/** While something is read that takes longer than a blink. */
export function Waiting({ label = "Loading" }: { readonly label?: string }) {
  return (
    <div className="waiting" role="status">
      <span className="spinner" aria-hidden />
      <span className="visually-hidden">{label}</span>
    </div>
  );
}
