import type { OptionWord, Place } from "./words.ts";

/** For Windows PowerShell 5.1 and PowerShell 7. Where it says nothing, the shell proposes files. */
export function toPowershell(places: readonly Place[]): string {
  const commands = places.map(({ path, commands }) => toEntry(path, commands.map(toTold)));
  const options = places.map(({ path, options }) => toEntry(path, options.flatMap(toOptions)));
  const values = places.flatMap(({ path, options }) => options.flatMap((option) => toValues(path, option)));
  const given = places.map(({ path, argument }) => toEntry(path, typeof argument === "object" ? argument : []));
  return `# parley completion powershell
Register-ArgumentCompleter -Native -CommandName parley, parley.exe -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  # What may come at each place: a word, and after a bar what it means.
  $commands = @{
${commands.join("\n")}
  }
  $options = @{
${options.join("\n")}
  }
  $values = @{
${values.join("\n")}
  }
  $arguments = @{
${given.join("\n")}
  }
  $place = ''
  $previous = ''
  foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
    if ($wordToComplete -ne '' -and $element.Extent.EndOffset -ge $cursorPosition) { break }
    $word = $element.Extent.Text
    $isValue = $values.ContainsKey("$place $previous")
    $names = @($commands[$place] | ForEach-Object { ($_ -split '\\|', 2)[0] })
    if (-not $isValue -and $names -ccontains $word) { $place = "$place $word".Trim() }
    $previous = $word
  }
  if ($values.ContainsKey("$place $previous")) { $found = $values["$place $previous"] }
  elseif ($wordToComplete -like '-*') { $found = $options[$place] }
  elseif ($commands[$place].Count -gt 0) { $found = $commands[$place] }
  else { $found = $arguments[$place] }
  $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    $word, $meaning = $_ -split '\\|', 2
    if (-not $meaning) { $meaning = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
  }
}
`;
}

function toTold({ word, description }: Place["commands"][number]): string {
  return `${word}|${description}`;
}

function toOptions({ words, description }: OptionWord): string[] {
  return words.map((word) => `${word}|${description}`);
}

function toValues(path: string, { words, value }: OptionWord): string[] {
  if (value === "none") return [];
  return words.map((word) => toEntry(`${path} ${word}`, typeof value === "object" ? value : []));
}

function toEntry(key: string, words: readonly string[]): string {
  return `    '${key}' = @(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ")})`;
}
