package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
)

const (
	maxBatch = 50
	// resendOneIn of all messages goes along a second time, with a later batch.
	resendOneIn = 20
	// giveUpOneIn of all batches whose answer did not come is never sent again.
	giveUpOneIn = 5
)

// fate is what a client knows of a message.
type fate byte

const (
	unknown fate = iota // sent; no answer came
	acknowledged
)

// client sends messages and keeps the journal of what it was told.
type client struct {
	number int
	seed   uint64
	key    string
	random *rand.Rand
	// fates are the journal: by the number of the message.
	fates []fate
	// pending is the batch whose answer is missing: first and past-the-end number.
	pending [2]int
	// givenUp are batches that were never sent again.
	givenUp [][2]int

	resent, lost int // how many messages went twice, how many batches got no answer
}

func newClient(seed uint64, number int, key string) *client {
	return &client{number: number, seed: seed, key: key, random: rand.New(rand.NewPCG(seed, uint64(number)+1))}
}

// send sends batches until the server is gone. It returns an error for an answer
// that no client should get.
func (c *client) send(url string) error {
	web := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	defer web.CloseIdleConnections()
	if c.pending[1] > 0 && c.random.IntN(giveUpOneIn) == 0 {
		c.givenUp = append(c.givenUp, c.pending)
		c.pending = [2]int{}
	}
	for {
		if c.pending[1] == 0 {
			first := len(c.fates)
			c.pending = [2]int{first, first + 1 + c.random.IntN(maxBatch)}
			c.fates = append(c.fates, make([]fate, c.pending[1]-first)...)
		}
		if done, err := c.settle(web, url); err != nil || !done {
			return err
		}
	}
}

// finish sends what is pending; the server must take it.
func (c *client) finish(url string) error {
	if c.pending[1] == 0 {
		return nil
	}
	web := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	defer web.CloseIdleConnections()
	done, err := c.settle(web, url)
	if err == nil && !done {
		err = fmt.Errorf("client %d: the server did not take the last batch", c.number)
	}
	return err
}

// settle posts the pending batch. done is false when no answer came, or the
// server said that it stops.
func (c *client) settle(web *http.Client, url string) (done bool, err error) {
	first, end := c.pending[0], c.pending[1]
	batch := make([]message, 0, end-first+1)
	for n := first; n < end; n++ {
		batch = append(batch, compose(c.seed, c.number, n))
		again := c.random.IntN(n + 1)
		if c.random.IntN(resendOneIn) == 0 && (again >= first || c.fates[again] == acknowledged) {
			batch = append(batch, compose(c.seed, c.number, again))
			c.resent++
		}
	}
	body, err := json.Marshal(map[string]any{"batch": batch})
	if err != nil {
		return false, err
	}
	req, err := http.NewRequest(http.MethodPost, url+"/v1/batch", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.SetBasicAuth(c.key, "")
	resp, err := web.Do(req)
	if err != nil {
		c.lost++
		return false, nil // killed
	}
	defer resp.Body.Close()
	// The status alone is the promise: the rest of the answer may be cut off.
	answer, cut := io.ReadAll(resp.Body)
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable:
		return false, nil
	case resp.StatusCode != http.StatusOK:
		return false, fmt.Errorf("client %d: batch %d to %d was answered with %s: %s", c.number, first, end, resp.Status, answer)
	}
	for n := first; n < end; n++ {
		c.fates[n] = acknowledged
	}
	c.pending = [2]int{}
	if cut != nil {
		return true, nil
	}
	var says struct {
		Accepted, Duplicates int
		Rejected             []json.RawMessage
	}
	if err := json.Unmarshal(answer, &says); err != nil {
		return false, err
	}
	if says.Accepted+says.Duplicates != len(batch) || len(says.Rejected) > 0 {
		return false, fmt.Errorf("client %d: of %d good messages %d are accepted, %d duplicates, rejected: %s", c.number, len(batch), says.Accepted, says.Duplicates, says.Rejected)
	}
	return true, nil
}
