package web

import "strconv"

// number reads a whole number of the request, 0 for none or any other text.
func (q *request) number(name string) int {
	n, err := strconv.Atoi(q.FormValue(name))
	if err != nil {
		return 0
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }
