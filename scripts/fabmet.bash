# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for fabmet.  Studies and parameter keys are asked from the program itself, so
# that they are never written twice.

_fabmet_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# Long options of a command, from its help.
_fabmet_options() {
    "$1" "$2" --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*=\{0,1\}' | sort -u
}

# Keys for --set: those of the study that the scenario or result on the line names.
_fabmet_keys() {
    local program=$1 word study
    shift
    for word in "$@"; do
        [[ -f $word ]] || continue
        if [[ $word == *.h5 ]]; then # the base of a what-if
            study=$("$program" show "$word" 2>/dev/null | sed -n 's/^study *//p')
        else
            study=$(sed -n 's/^study: *\([a-z.]*\).*/\1/p' "$word" | head -n 1)
        fi
        [[ -n $study ]] && "$program" describe --names "$study" 2>/dev/null | sed 's/$/=/'
    done
    printf '%s\n' seed= draws= title=
}

_fabmet() {
    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]}
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    if ((COMP_CWORD == 1)); then
        _fabmet_words "$("$program" --help 2>/dev/null |
            sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')" "$word"
        return
    fi
    if [[ ${COMP_LINE:0:COMP_POINT} =~ --progress=[a-z]*$ ]]; then
        # The '=' stands in a word of its own (COMP_WORDBREAKS).
        word=${word#=}
        _fabmet_words "auto never json" "$word"
    elif [[ $before == --set ]]; then
        compopt -o nospace
        _fabmet_words "$(_fabmet_keys "$program" "${COMP_WORDS[@]:2}")" "$word"
    elif [[ $word == -* ]]; then
        _fabmet_words "$(_fabmet_options "$program" "$command")" "$word"
    elif [[ $command == describe || $command == init ]]; then
        _fabmet_words "$("$program" list --names 2>/dev/null)" "$word"
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}

complete -o filenames -F _fabmet fabmet
