package bulk

import (
	"bytes"
	"strings"
)

// delimiters are those that are guessed, the likelier first.
const delimiters = ",;\t|"

// guessDelimiter takes the one that cuts the beginning of a file into the most
// cells, where as many rows as possible have as many cells as the first.
func guessDelimiter(sample []byte, whole bool) byte {
	const rows = 20
	best, most := delimiters[0], 0
	for i := range len(delimiters) {
		rest, width, alike := sample, 0, 0
		for range rows {
			cells, n, state := cut(rest, delimiters[i], whole)
			if state != rowWhole || len(rest) == 0 {
				break
			}
			if width == 0 {
				width = len(cells)
			}
			if len(cells) == width {
				alike++
			}
			rest = bytes.TrimLeft(rest[n:], "\r\n")
		}
		if score := (width - 1) * alike; score > most {
			best, most = delimiters[i], score
		}
	}
	return best
}

// excelDelimiter reads the line before the header by which Excel is told the
// delimiter, as in "sep=;".
func excelDelimiter(line string) (byte, bool) {
	d, ok := strings.CutPrefix(strings.Trim(line, `"`), "sep=")
	if !ok || len(d) != 1 || !strings.Contains(delimiters, d) {
		return 0, false
	}
	return d[0], true
}
