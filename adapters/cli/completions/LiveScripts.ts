/**
 * Shell code behind the static completions of Effect's command line: it asks `taskwright suggest` for words of the
 * user's data, and takes the static completions if there are none.
 */
import type { Completions } from "effect/cli"

const bash = `
_taskwright_live()
{
  local cur prev words cword
  _init_completion -n "$COMP_WORDBREAKS" || return
  if ((cword > 1)) && [[ "$cur" != -* ]]; then
    local _word _text _quoted _found=() _typed=("\${words[@]:1:cword}")
    while IFS=$'\\t' read -r _word _text; do
      printf -v _quoted '%q' "$_word"
      _found+=("$_quoted\${_text:+  $_text}")
    done < <("\${words[0]}" suggest -- "\${_typed[@]//\\\\/}" 2>/dev/null)
    # Several words are shown with their texts; one is inserted without.
    ((\${#_found[@]} == 1)) && _found=("$_quoted")
    if ((\${#_found[@]} > 0)); then
      COMPREPLY=("\${_found[@]}")
      return
    fi
  fi
  _taskwright "$@"
}
complete -F _taskwright_live taskwright
`

const zsh = `
_taskwright_live() {
  local word text
  local -a found
  if (( CURRENT > 2 )) && [[ "$words[CURRENT]" != -* ]]; then
    while IFS=$'\\t' read -r word text; do
      found+=("\${word//:/\\\\:}\${text:+:$text}")
    done < <("$words[1]" suggest -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( $#found )); then
      _describe -V taskwright found -U
      return
    fi
  fi
  _taskwright "$@"
}
compdef _taskwright_live taskwright
`

const fish = `
function __taskwright_live
  set -l words (commandline -opc)
  $words[1] suggest -- $words[2..] (commandline -ct | string collect -a) 2>/dev/null
end
complete -c taskwright -f -n 'test (count (commandline -opc)) -gt 1; and not string match -q -- "-*" (commandline -ct)' -a '(__taskwright_live)'
complete -c taskwright -n '__fish_seen_subcommand_from add new list ls' -l category -x -a '(__taskwright_live)'
`

/** Returns the code of the shell; empty for a shell that has the static completions alone. */
export const liveScript = (shell: Completions.Shell): string => ({ bash, zsh, fish, powershell: "" })[shell]
