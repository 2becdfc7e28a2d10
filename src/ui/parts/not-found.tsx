import { Link } from "wouter";
import { Page } from "./page.tsx";

export function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        <Link href="/">Begin a chat</Link>
      </p>
    </Page>
  );
}
