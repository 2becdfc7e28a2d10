import { BarChart3, Brain, Cpu, Files, History, Images, type LucideIcon, Settings, Share2 } from "lucide-react";

/** Every page beside the chats, in the order of the menu. */
export const pages: readonly { readonly path: string; readonly label: string; readonly icon: LucideIcon }[] = [
  { path: "/gallery", label: "Gallery", icon: Images },
  { path: "/files", label: "Files", icon: Files },
  { path: "/memory", label: "Memory", icon: Brain },
  { path: "/shares", label: "Shared", icon: Share2 },
  { path: "/models", label: "Models", icon: Cpu },
  { path: "/usage", label: "Usage", icon: BarChart3 },
  { path: "/runs", label: "Answers", icon: History },
  { path: "/settings", label: "Settings", icon: Settings },
];
