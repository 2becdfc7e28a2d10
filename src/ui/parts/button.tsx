import type { ComponentProps } from "react";

export interface ButtonProps extends ComponentProps<"button"> {
  /** `primary`: what is most likely wanted; `quiet`: one of many; `danger`: what takes something away. */
  readonly look?: "primary" | "quiet" | "danger";
}

export function Button({ look, className = "", type = "button", ...props }: ButtonProps) {
  return <button type={type} className={`button ${look ?? ""} ${className}`} {...props} />;
}

export interface IconButtonProps extends ButtonProps {
  /** What it does: read aloud, and shown where the pointer rests. */
  readonly label: string;
}

/** A button that is an icon alone. */
export function IconButton({ label, className = "", ...props }: IconButtonProps) {
  return <Button look="quiet" className={`icon ${className}`} aria-label={label} title={label} {...props} />;
}
