#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Text from users is data: a title, a column name and labels that would run commands, end
# strings or open tags appear literally in the picture and in the report, and run nothing.
set -eu
: "${FABMET:?names the program under test}"
command -v xmllint >/dev/null || { echo "SKIP: no xmllint"; exit 77; }
command -v gnuplot >/dev/null || { echo "SKIP: no gnuplot"; exit 77; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

title='`touch marker` $(touch marker) '\'' '\'\'' "q" \n {/Symbol a}_b^c %s %d <script>alert(1)</script> &#x41; ]]> #gpPt0 --> µ'
lot='`touch marker`'\''6'\'\'' %s <b>&#x42; ]]> {}\n'

# YAML and CSV quoting of the same texts.
yaml=$(printf '%s' "$title" | sed 's/[\\"]/\\&/g')
csvlot=$(printf '%s' "$lot" | sed 's/"/""/g')
{
    printf '"`touch marker` <i>x%%s",lot\n'
    for lots in 1 2 3; do
        for value in 10.1 10.4 9.7 10.2; do
            if [ "$lots" = 1 ]; then
                printf '%s,"%s"\n' "$value" "$csvlot"
            else
                printf '%s.%s,lot %s\n' "${value%.*}" "$lots${value#*.}" "$lots"
            fi
        done
    done
} >data.csv
column='`touch marker` <i>x%s'
cat >s.yaml <<END
fabmet: 1
study: spc.components
title: "$yaml"
params:
  response: '$column'
  factors: [lot]
data:
  measurements: { csv: data.csv }
END

"$FABMET" run s.yaml -o r.h5 --progress=never >run.log 2>&1 || { cat run.log; exit 1; }
"$FABMET" report r.h5 -o r.html
"$FABMET" report r.h5 -o r2.html
"$FABMET" plot r.h5 variability -o f.svg
cmp r.html r2.html

# Exactly the text: undone by an XML or HTML parser, not by us.
xmllint --noout f.svg
xmllint --xpath 'string(/)' f.svg >f.txt
grep -qF -- "$lot" f.txt || { echo "the label is not literal in the picture"; exit 1; }
# The HTML parser of libxml2 is older than HTML5: only its complaints about tags are dropped.
xmllint --html --noout r.html 2>html.log || true
if grep 'error' html.log | grep -v 'Tag .* invalid' | grep -q .; then
    cat html.log
    exit 1
fi
xmllint --html --xpath 'string(//h1)' r.html >h1.txt 2>/dev/null
printf '%s\n' "$title" >expected.txt
cmp expected.txt h1.txt || { echo "the title is not literal in the page"; exit 1; }
xmllint --html --xpath 'string(//main)' r.html >page.txt 2>/dev/null
grep -qF -- "$lot" page.txt || { echo "the label is not literal in the page"; exit 1; }
if grep -q '<script' r.html f.svg; then
    echo "a script element came through"
    exit 1
fi
if xmllint --html --xpath '//@*[starts-with(name(),"on")]' r.html >on.txt 2>/dev/null; then
    echo "an event attribute came through"
    exit 1
fi
if [ -e marker ]; then
    echo "a text ran as a command"
    exit 1
fi
# No address leaves the page: links go inside it.
if grep -oE '(href|src)="[^"#][^"]*"' r.html; then
    echo "the page refers to something outside"
    exit 1
fi
echo "hostile texts stay texts"
