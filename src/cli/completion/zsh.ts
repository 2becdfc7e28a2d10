import { type OptionWord, type Place, toList, toValueList, type Word } from "./words.ts";

/** As a file `_parley` of `fpath`, or evaluated after `compinit`. */
export function toZsh(places: readonly Place[]): string {
  return `#compdef parley
__parley_place() {
  case "$1" in
${places.map(toCase).join("\n")}
  esac
}

__parley_value() {
  case "$1" in
${places.flatMap(({ path, options }) => options.flatMap((option) => toValueCases(path, option))).join("\n")}
  (*) return 1 ;;
  esac
}

__parley_offer() {
  case "$1" in
  (@file) _files ;;
  (@folder) _files -/ ;;
  (*) compadd -- \${=1} ;;
  esac
}

_parley() {
  local place="" word skip="" prev="$words[CURRENT-1]" argument values
  local -a commands options
  integer i
  __parley_place ""
  for ((i = 2; i < CURRENT; i++)); do
    word="$words[i]"
    if [[ -n $skip ]]; then
      skip=""
    elif [[ $word == -* ]]; then
      if __parley_value "$place $word" && [[ $values != "?"* ]]; then skip=1; fi
    elif (( \${commands[(I)$word:*]} )); then
      place="\${place:+$place }$word"
      __parley_place "$place"
    fi
  done
  if [[ $words[CURRENT] == --*=* ]]; then
    prev="\${words[CURRENT]%%=*}"
    compset -P "*="
  fi
  if __parley_value "$place $prev"; then
    __parley_offer "\${values#\\?}"
  elif [[ $words[CURRENT] == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  else
    __parley_offer "$argument"
  fi
}

if [[ "$funcstack[1]" == _parley ]]; then
  _parley "$@"
else
  compdef _parley parley
fi
`;
}

function toCase({ path, commands, options, argument }: Place): string {
  const named = options.flatMap(({ words, description }) => words.map((word) => ({ word, description })));
  return `  ("${path}")
    commands=(${commands.map(toEntry).join(" ")})
    options=(${named.map(toEntry).join(" ")})
    argument="${toList(argument)}" ;;`;
}

function toEntry({ word, description }: Word): string {
  return `'${word}:${description.replaceAll("'", "'\\''")}'`;
}

function toValueCases(path: string, option: OptionWord): string[] {
  const list = toValueList(option);
  if (list === undefined) return [];
  return [`  (${option.words.map((word) => `"${path} ${word}"`).join("|")}) values="${list}" ;;`];
}
