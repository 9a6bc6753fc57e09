package web

import "strconv"

// place reads a place in a list from the request, 0 for none or any other text.
func (q *request) place(name string) int {
	n, err := strconv.Atoi(q.FormValue(name))
	if err != nil {
		return 0
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }
