import { Link, useLocation } from "wouter";
import { pages } from "./pages.ts";
import { SignOut } from "./sign-out.tsx";

/** The pages beside the chats. */
export function Navigation() {
  const [path] = useLocation();
  return (
    <nav className="navigation" aria-label="Pages">
      <ul>
        {pages.map(({ path: target, label, icon: Icon }) => (
          <li key={target}>
            <Link href={target} aria-current={path === target ? "page" : undefined}>
              <Icon aria-hidden size={16} /> {label}
            </Link>
          </li>
        ))}
      </ul>
      <SignOut />
    </nav>
  );
}
