import type { OptionWord, Place, Values } from "./words.ts";

export function toFish(places: readonly Place[]): string {
  const paths = places.map(({ path }) => path).filter((path) => path !== "");
  const valued = places.flatMap(({ options }) =>
    options.filter(({ value, isOptional }) => value !== "none" && !isOptional).flatMap(({ words }) => words),
  );
  return `# parley completion fish
function __parley_at --description 'Whether the words before the cursor end at this place'
    set -l paths ${paths.map((path) => `'${path}'`).join(" ")}
    set -l valued ${[...new Set(valued)].join(" ")}
    set -l place ''
    set -l skip ''
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip ''
        else if contains -- $word $valued
            set skip 1
        else if contains -- (string trim "$place $word") $paths
            set place (string trim "$place $word")
        end
    end
    test "$place" = "$argv[1]"
end

complete -c parley -f
${places.flatMap(toLines).join("\n")}
`;
}

function toLines({ path, commands, options, argument }: Place): string[] {
  const at = `complete -c parley -n "__parley_at '${path}'"`;
  return [
    ...commands.map(({ word, description }) => `${at} -a ${word} -d '${quoted(description)}'`),
    ...options.map((option) => `${at} ${toNames(option)}${toValue(option)} -d '${quoted(option.description)}'`),
    ...(argument === undefined ? [] : [`${at}${toList(argument)}`]),
  ];
}

function toNames({ words }: OptionWord): string {
  return words.map((word) => (word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`)).join(" ");
}

function toValue({ value, isOptional }: OptionWord): string {
  if (value === "none") return "";
  const list = value === "any" ? "" : toList(value);
  return isOptional ? list : ` ${value === "file" ? "-r" : "-x"}${list}`;
}

function toList(values: Values): string {
  if (values === "file") return " -F";
  return values === "folder" ? " -a '(__fish_complete_directories)'" : ` -a '${values.join(" ")}'`;
}

function quoted(text: string): string {
  return text.replaceAll("'", "\\'");
}
