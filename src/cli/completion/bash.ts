import { type OptionWord, type Place, toList, toValueList } from "./words.ts";

/** For bash from 3.2 on, which macOS has: no associative arrays, and no need of the package bash-completion. */
export function toBash(places: readonly Place[]): string {
  return `# parley completion bash
__parley_place() {
  case "$1" in
${places.map(toCase).join("\n")}
  esac
}

__parley_value() {
  case "$1" in
${places.flatMap(({ path, options }) => options.flatMap((option) => toValueCases(path, option))).join("\n")}
  *) return 1 ;;
  esac
}

# What is meant is a name of ours, or nothing: no file.
__parley_words() {
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

__parley_offer() {
  case "$1" in
  @file) ;;
  @folder) COMPREPLY=($(compgen -d -- "$cur")) ;;
  *) __parley_words "$1" ;;
  esac
}

_parley() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  local path="" word skip="" i commands options argument values
  COMPREPLY=()
  # Bash cuts --role=user into three words.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  __parley_place ""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ $word == "=" ]]; then
      continue
    elif [[ -n $skip ]]; then
      skip=""
    elif [[ $word == -* ]]; then
      if __parley_value "$path $word" && [[ $values != "?"* ]]; then skip=1; fi
    elif [[ " $commands " == *" $word "* ]]; then
      path="\${path:+$path }$word"
      __parley_place "$path"
    fi
  done
  if __parley_value "$path $prev"; then
    __parley_offer "\${values#\\?}"
  elif [[ $cur == -* ]]; then
    __parley_words "$options"
  elif [[ -n $commands ]]; then
    __parley_words "$commands"
  else
    __parley_offer "$argument"
  fi
}

complete -o default -F _parley parley
`;
}

function toCase({ path, commands, options, argument }: Place): string {
  const words = options.flatMap((option) => option.words).join(" ");
  const names = commands.map(({ word }) => word).join(" ");
  return `  "${path}") commands="${names}" options="${words}" argument="${toList(argument)}" ;;`;
}

function toValueCases(path: string, option: OptionWord): string[] {
  const list = toValueList(option);
  if (list === undefined) return [];
  return [`  ${option.words.map((word) => `"${path} ${word}"`).join(" | ")}) values="${list}" ;;`];
}
