package tracking

import "time"

// Passage is what became of one request that brought messages.
type Passage struct {
	Accepted, Duplicates int
	// Suppressed is how many were not kept since their browser objects.
	Suppressed int
	// Rejected has a code for each message that was refused.
	Rejected []string
	// Refused is the code of a request that was refused as a whole, "" for one
	// that was not.
	Refused string
	// Took is how long it took from when the body was read until the answer was
	// known; 0 if it could not be read.
	Took time.Duration
}

// passed tells whoever watches of an answer.
func (h *handler) passed(a answer, took time.Duration) {
	if h.Watch == nil {
		return
	}
	p := Passage{Took: took}
	switch a := a.(type) {
	case success:
		p.Accepted, p.Duplicates, p.Suppressed = a.Accepted, a.Duplicates, a.Suppressed
		for _, r := range a.Rejected {
			p.Rejected = append(p.Rejected, r.Code)
		}
	case failure:
		p.Refused = a.Code
	case limited:
		p.Refused = a.Code
	}
	h.Watch(p)
}
