/** Defines `millrace` as a function that calls npx, unless the PATH has one. */
const BY_NPX = `command -v millrace >/dev/null 2>&1 || millrace() { npx --no -- millrace "$@"; }`;

/**
 * The shells that are known, each with what it runs to complete a word. All of them ask `millrace complete`, and take its
 * lines as they are: none is expanded.
 */
export const SCRIPTS = { bash: bash(), zsh: zsh(), fish: fish() };

function bash(): string {
  return `${BY_NPX}
_millrace() {
  local word="\${COMP_WORDS[COMP_CWORD]}" one
  COMPREPLY=()
  while IFS= read -r one; do
    [[ $one == "$word"* ]] && COMPREPLY+=("$one")
  done < <(millrace complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _millrace millrace
`;
}

function zsh(): string {
  return `${BY_NPX}
_millrace() {
  local -a found
  found=(\${(f)"$(millrace complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  (( \${#found} )) && compadd -a found || _files
}
compdef _millrace millrace
`;
}

function fish(): string {
  return `if not command -q millrace
  function millrace
    npx --no -- millrace $argv
  end
end
complete -c millrace -f -a '(millrace complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
complete -c millrace -n '__fish_seen_subcommand_from init' -F
`;
}
