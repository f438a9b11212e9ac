import { Argument, type Command } from "commander";
import { example, type VerbGroup } from "../cli/verb.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export const completionVerb: VerbGroup = (program, contextOf) => {
  program
    .command("completion")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .summary("print a completion script for a shell")
    .description("Print a script that completes verbs, options and peers.")
    .addHelpText(
      "after",
      example(
        "completion bash >> ~/.bashrc",
        "completion zsh > ~/.zfunc/_iapeer",
        "completion fish > ~/.config/fish/completions/iapeer.fish",
      ),
    )
    .action((shell: (typeof SHELLS)[number], _options: object, command: Command) => {
      contextOf(command).out.line(SCRIPTS[shell](program));
    });
  program.command("__peers", { hidden: true }).action(async (_options: object, command: Command) => {
    const context = contextOf(command);
    const { peerDirectory } = await import("../../lib/peers/index.ts");
    const { createStorage } = await import("../../lib/storage/index.ts");
    const peers = await peerDirectory(createStorage(context.disk, "completion"), context.root).list();
    for (const { personality } of peers) context.out.line(personality);
  });
};

interface VerbWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
  readonly takesPeer: boolean;
}

function verbsOf(program: Command): VerbWords[] {
  const visible = program.createHelp().visibleCommands(program);
  return visible.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: command.options.flatMap((option) => (option.long ? [option.long] : [])),
    takesPeer: command.registeredArguments.some((argument) => argument.name() === "peer"),
  }));
}

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (program: Command) => string>> = {
  bash: (program) => {
    const verbs = verbsOf(program);
    const cases = verbs.map(
      (verb) => `    ${verb.name}) words="${[...verb.options, "--help"].join(" ")}"${verb.takesPeer ? "; peers=1" : ""} ;;`,
    );
    return `# iapeer completion for bash
_iapeer() {
  local current="\${COMP_WORDS[COMP_CWORD]}" verb="" peers="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      --root) i=$((i + 1)) ;;
      -*) ;;
      *) verb="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$verb" in
    "") words="${verbs.map((verb) => verb.name).join(" ")} --root --help --version" ;;
${cases.join("\n")}
  esac
  if [[ -n "$peers" && "$current" != -* ]]; then words="$(iapeer __peers 2>/dev/null)"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _iapeer iapeer`;
  },
  zsh: (program) => {
    const verbs = verbsOf(program);
    const lines = verbs.map((verb) => `    '${verb.name}:${verb.summary.replaceAll("'", "").replaceAll(":", " ")}'`);
    const cases = verbs.map((verb) => `    ${verb.name}) options=(${verb.options.join(" ")}); peers=${verb.takesPeer ? 1 : 0} ;;`);
    return `#compdef iapeer
_iapeer() {
  local -a verbs options names
  local peers=0
  verbs=(
${lines.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
    return
  fi
  case "$words[2]" in
${cases.join("\n")}
  esac
  if (( peers )) && [[ "$words[CURRENT]" != -* ]]; then
    names=(\${(f)"$(iapeer __peers 2>/dev/null)"})
    compadd -a names
  else
    compadd -a options
    _files
  fi
}
compdef _iapeer iapeer`;
  },
  fish: (program) => {
    const verbs = verbsOf(program);
    const lines = verbs.flatMap((verb) => [
      `complete -c iapeer -n __fish_use_subcommand -f -a ${verb.name} -d '${verb.summary.replaceAll("'", "")}'`,
      ...verb.options.map((option) => `complete -c iapeer -n '__fish_seen_subcommand_from ${verb.name}' -l ${option.slice(2)}`),
    ]);
    const withPeer = verbs.filter((verb) => verb.takesPeer).map((verb) => verb.name);
    return [
      ...lines,
      `complete -c iapeer -n '__fish_seen_subcommand_from ${withPeer.join(" ")}' -f -a '(iapeer __peers 2>/dev/null)'`,
    ].join("\n");
  },
};
