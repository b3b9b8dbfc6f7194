#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The report as a customer opens it: three results on one page, whole, still, readable.
set -eu
: "${FABMET:?names the program to test}"
top=$(cd "${top_srcdir:-$(dirname "$0")/..}" && pwd)
command -v gnuplot >/dev/null || { echo "SKIP: no gnuplot"; exit 77; }
python=/usr/bin/python3
[ -x $python ] || { echo "SKIP: no $python"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() {
    echo "report_page: $*"
    failed=1
}

# The scenarios name their data relative to themselves.
cd "$work"
for scenario in spc/silicon_resistivity_components spc/silicon_resistivity_chart \
    pull/hook_position; do
    "$FABMET" run -q "$top/sims/$scenario.yaml" -o "$(basename $scenario).h5"
done
page() {
    "$FABMET" report silicon_resistivity_components.h5 silicon_resistivity_chart.h5 \
        hook_position.h5 -o "$1"
}
page r.html
page again.html
cmp -s r.html again.html || complain "the same results made two different pages"

cat >check.py <<'PYTHON'
"""Structure of the page, and contrast of the colours of its style sheet."""
import re
import sys
from html.parser import HTMLParser


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.bad, self.svgs = [], [], [], []
        self.inside = None

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if "id" in a:
            self.ids.append(a["id"])
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form"):
            self.bad.append(f"element {tag}")
        for name, value in attributes:
            if name.startswith("on"):
                self.bad.append(f"attribute {name}")
            if name in ("href", "xlink:href", "src", "action", "poster", "srcset"):
                if value.startswith("#"):
                    self.links.append(value[1:])
                else:
                    self.bad.append(f"{name}={value}")
            elif name != "xmlns" and not name.startswith("xmlns:"):
                if re.search(r"url\((?!['\"]?#)", value or ""):
                    self.bad.append(f"{name}={value}")
        if tag == "svg":
            self.svgs.append({"role": a.get("role"), "by": a.get("aria-labelledby", "")})
        if tag in ("title", "desc") and self.svgs:
            self.svgs[-1][tag] = a.get("id")
            self.inside = tag

    def handle_data(self, data):
        if self.inside is not None and data.strip():
            self.svgs[-1][self.inside + "-text"] = data
        self.inside = None


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    """WCAG 2.1, contrast ratio."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def check_colours(text):
    problems = []
    modes = [dict(re.findall(r"--([\w-]+): (#\w+)", b))
             for b in re.findall(r":root \{([^}]*)\}", text)]
    if len(modes) != 3:
        problems.append(f"{len(modes)} sets of colours instead of light, dark, print")
    for mode in modes:
        for ink in ("ink", "soft", "link", "good", "bad"):
            for ground in ("paper", "wash", "bad-wash"):
                if contrast(mode[ink], mode[ground]) < 4.5:
                    problems.append(f"contrast of {ink} on {ground}")
    for colour in set(re.findall(r"set (?:linetype|style line) \d+ lc rgb '(#\w+)'",
                                 open(sys.argv[2], encoding="utf-8").read())):
        if contrast(colour, "#fff") < 3:
            problems.append(f"contrast of the line colour {colour}")
    return problems


text = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(text)
problems = page.bad + check_colours(text)
problems += [f"id {i} twice" for i in set(page.ids) if page.ids.count(i) > 1]
problems += [f"no target for #{i}" for i in set(page.links) - set(page.ids)]
if len(page.svgs) != 7:
    problems.append(f"{len(page.svgs)} figures instead of 7")
for svg in page.svgs:
    if svg["role"] != "img" or not svg.get("title-text") or not svg.get("desc-text"):
        problems.append("a figure without role, title or description")
    if svg["by"].split() != [svg.get("title"), svg.get("desc")]:
        problems.append("a figure whose label is not its title and description")
for words in ("✓ pass", "its verdict passes", "3 of 3 verdicts pass", "Ω cm", "(Ω cm)²",
              ">≤ <data value=\"0.001\">0.001</data>", ">196.2431<", ">196.2443<"):
    if words not in text:
        problems.append(f"'{words}' is missing")
for words in ("4.0000<", "0.0010000", "ohm cm", "[um]", "://fonts", "@import"):
    if words in re.sub(r"<pre.*?</pre>", "", text, flags=re.S):
        problems.append(f"'{words}' is there")
print("\n".join(problems), end="\n" if problems else "")
PYTHON
$python check.py r.html "$top/src/report/figure.c" >said || complain "the checker stopped"
[ ! -s said ] || { complain "the page is wrong:"; head -n 20 said; }

if command -v xmllint >/dev/null; then
    xmllint --html --noout r.html 2>&1 | grep 'error' | grep -v 'Tag .* invalid' >said || :
    [ ! -s said ] || { complain "xmllint:"; head -n 5 said; }
fi

# Points that fail: counted, their cause named, the figure of a point takes a good one;
# a verdict whose worst row has no value fails as it does on the command line.
cat >fail.yaml <<'SCENARIO'
fabmet: 1
study: pull.simulate
title: Some points fail
draws: 1000
sweep:
  - { param: loop.length, values: [100 um, 1200 um] }
SCENARIO
"$FABMET" run -q fail.yaml 2>/dev/null || :
"$FABMET" report fail.h5 -o fail.html
for words in '1 without a result' 'not available: outside the validated range' \
    'Point 1 of the sweep: length of wire between the bonds' '✗ FAIL'; do
    grep -q -F -e "$words" fail.html || complain "'$words' is missing"
done

# A browser, where there is one.
if ! command -v chromium >/dev/null; then
    echo "report_page: no chromium, that part was left out"
    exit $failed
fi
browse() {
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic \
        --no-first-run --disable-background-networking --disable-component-update \
        --disable-sync --user-data-dir="$work/profile" --enable-logging=stderr "$@" \
        "file://$work/r.html" 2>log
}
if ! browse --dump-dom >dom; then
    echo "report_page: chromium does not start here, that part was left out"
    exit $failed
fi
grep -q '</html>' dom || complain "the browser shows an incomplete page"
if grep -q 'CONSOLE' log; then
    complain "the browser complains:"
    grep 'CONSOLE' log | head -n 5
fi
browse --print-to-pdf=r.pdf >/dev/null
if command -v pdftotext >/dev/null; then
    pages=$(pdfinfo r.pdf | sed -n 's/^Pages: *//p')
    [ "$pages" -gt 3 ] || complain "$pages printed pages"
    pdftotext -f 1 -l 1 r.pdf first.txt
    grep -q 'Verdicts' first.txt || complain "the first printed page is blank"
elif ! head -c 5 r.pdf | grep -q '%PDF-'; then
    complain "the page does not print"
fi
exit $failed
