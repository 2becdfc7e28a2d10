import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Boundary } from "./shell/boundary.tsx";
import { followTheme } from "./shell/theme.ts";
import { followPerson } from "./state/person.ts";

followTheme();
followPerson();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Boundary>
        <App />
      </Boundary>
    </StrictMode>,
  );
