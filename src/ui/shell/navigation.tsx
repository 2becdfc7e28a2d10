import { Link } from "wouter";
import { pages } from "./pages.ts";
import { SignOut } from "./sign-out.tsx";

export function Navigation() {
  return (
    <nav className="navigation" aria-label="Pages">
      <Link href="/">New chat</Link>
      {pages.map(({ path, label, icon: Icon }) => (
        <Link key={path} href={path} className={(isActive) => (isActive ? "active" : "")}>
          <Icon aria-hidden size={18} /> {label}
        </Link>
      ))}
      <SignOut />
    </nav>
  );
}
