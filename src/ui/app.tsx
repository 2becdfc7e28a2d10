import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { ChatPage } from "./chat/chat-page.tsx";
import { NotFound } from "./parts/not-found.tsx";
import { Toasts } from "./parts/toast.tsx";
import { Waiting } from "./parts/waiting.tsx";
import { chatPattern, toChatId } from "./state/chat-path.ts";
import { Shell } from "./shell/shell.tsx";
import { SignedIn } from "./shell/signed-in.tsx";
import { useAddress } from "./state/address.ts";
import { queries } from "./state/queries.ts";

const GalleryPage = lazy(() => import("./gallery/gallery-page.tsx"));
const FilesPage = lazy(() => import("./files/files-page.tsx"));
const MemoryPage = lazy(() => import("./memory/memory-page.tsx"));
const SharesPage = lazy(() => import("./shares/shares-page.tsx"));
const UsagePage = lazy(() => import("./usage/usage-page.tsx"));
const RunsPage = lazy(() => import("./runs/runs-page.tsx"));
const ModelsPage = lazy(() => import("./models/models-page.tsx"));
const SettingsPage = lazy(() => import("./settings/settings-page.tsx"));

/** Addresses stand after a `#`: the server need not know them, and is not told which chat somebody looks at. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Toasts>
        <SignedIn>
          <Router hook={useAddress}>
            <Shell>
              <Suspense fallback={<Waiting />}>
                <Switch>
                  <Route path="/">{() => <ChatPage />}</Route>
                  <Route path={chatPattern}>{({ chatId }) => <ChatPage chatId={toChatId(chatId)} />}</Route>
                  <Route path="/gallery" component={GalleryPage} />
                  <Route path="/files" component={FilesPage} />
                  <Route path="/memory" component={MemoryPage} />
                  <Route path="/shares" component={SharesPage} />
                  <Route path="/usage" component={UsagePage} />
                  <Route path="/runs" component={RunsPage} />
                  <Route path="/models" component={ModelsPage} />
                  <Route path="/settings" component={SettingsPage} />
                  <Route component={NotFound} />
                </Switch>
              </Suspense>
            </Shell>
          </Router>
        </SignedIn>
      </Toasts>
    </QueryClientProvider>
  );
}
