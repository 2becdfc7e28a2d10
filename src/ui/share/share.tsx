import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Toasts } from "../parts/toast.tsx";
import { SharePage } from "./share-page.tsx";

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Toasts>
        <SharePage />
      </Toasts>
    </StrictMode>,
  );
