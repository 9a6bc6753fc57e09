package pipeline

// CommitTogether commits batches as one group, as Run does with calls that wait
// at the same time.
func (p *Pipeline) CommitTogether(batches ...Batch) ([]Receipt, error) {
	group := make([]*call, len(batches))
	for i, b := range batches {
		group[i] = &call{batch: b, done: make(chan struct{})}
	}
	p.commit(group)
	receipts := make([]Receipt, len(group))
	for i, c := range group {
		if c.err != nil {
			return nil, c.err
		}
		receipts[i] = c.receipt
	}
	return receipts, nil
}

// MaxWaiting is how many calls wait before more are told to come again.
const MaxWaiting = maxWaiting

// MaxWakes is how many leads are woken in one commit.
const MaxWakes = maxWakes
