/** Where only npx finds millrace, `millrace` alone works as well from then on. */
const BY_NPX = `command -v millrace >/dev/null 2>&1 || millrace() { npx --no -- millrace "$@"; }`;

/** The shells that are known, each with what it runs to complete a word. All of them ask `millrace complete`. */
export const SCRIPTS = { bash: bash(), zsh: zsh(), fish: fish() };

function bash(): string {
  return `${BY_NPX}
_millrace() {
  local IFS=$'\\n' word="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(millrace complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "$word"))
}
complete -o default -F _millrace millrace
`;
}

function zsh(): string {
  return `${BY_NPX}
_millrace() {
  local -a found
  found=("\${(@f)$(millrace complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
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
`;
}
