/** The name, or with a number behind it when a stage has it already: summaries, overrides and the journal go by names. */
export function uniqueName(name: string, stages: readonly { readonly name: string }[]): string {
  const taken = new Set(stages.map((stage) => stage.name));
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name} ${number}`;
  return unique;
}
