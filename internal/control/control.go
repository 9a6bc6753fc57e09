// Package control is how a command that writes speaks to the server that owns
// the data folder: a few calls over a socket that lies in the folder, so that
// whoever may write to the folder may use them, and nobody else.
//
// Both ends are always the same program; the format is nobody else's business
// and may change with any version, which the first line of every call states.
package control

import (
	"bytes"
	"context"
	"encoding/gob"
	"net"
	"net/http"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/staff"
)

// protocol is sent with each call. A server and a command of different builds
// tell each other so instead of misreading.
const protocol = "galena-control/5"

const (
	pathKey     = "/key"
	pathRevoke  = "/key/revoke"
	pathKnown   = "/known"
	pathIngest  = "/ingest"
	pathPublish = "/playbook"
	pathSweep   = "/playbook/sweep"
	pathStage   = "/stage"
	// maxCall bounds one call's body: an import batch and some room.
	maxCall = 64 << 20
	// dialTimeout is how long a server may take to accept a call.
	dialTimeout = 5 * time.Second
)

type keyCall struct {
	Kind lead.KeyKind
	Name string
}

// answer carries a result or a fault.
type answer struct {
	Fault     bool
	Kind      fault.Kind
	Text      string
	Key       string
	Revoked   lead.Key
	Known     map[lead.MessageHash]bool
	Receipt   pipeline.Receipt
	Published app.Published
	Progress  pipeline.Progress
	Placed    app.Placed
	Outcome   pipeline.Outcome
	Erasure   app.Erasure
	Done      staff.Done
	Slice     pipeline.Slice
}

// Handler answers the calls of Client.
func Handler(w app.Writer, to staff.Orders) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+pathKey, func(rw http.ResponseWriter, r *http.Request) {
		var c keyCall
		serve(rw, r, &c, func() (a answer, err error) {
			a.Key, err = w.CreateKey(r.Context(), c.Kind, c.Name)
			return a, err
		})
	})
	mux.HandleFunc("POST "+pathRevoke, func(rw http.ResponseWriter, r *http.Request) {
		var which string
		serve(rw, r, &which, func() (a answer, err error) {
			a.Revoked, err = w.RevokeKey(r.Context(), which)
			return a, err
		})
	})
	mux.HandleFunc("POST "+pathKnown, func(rw http.ResponseWriter, r *http.Request) {
		var hashes []lead.MessageHash
		serve(rw, r, &hashes, func() (a answer, err error) {
			a.Known, err = w.Known(r.Context(), hashes)
			return a, err
		})
	})
	mux.HandleFunc("POST "+pathStage, func(rw http.ResponseWriter, r *http.Request) {
		var o app.StageOrder
		serve(rw, r, &o, func() (a answer, err error) {
			a.Placed, err = w.PutInStage(r.Context(), o)
			return a, err
		})
	})
	mux.HandleFunc("POST "+pathIngest, func(rw http.ResponseWriter, r *http.Request) {
		var b pipeline.Batch
		serve(rw, r, &b, func() (a answer, err error) {
			for i := range b.Events {
				if err := b.Events[i].Open(); err != nil {
					return a, err
				}
			}
			a.Receipt, err = w.Ingest(r.Context(), b)
			return a, err
		})
	})
	mux.HandleFunc("POST "+pathPublish, func(rw http.ResponseWriter, r *http.Request) {
		var p app.Proposal
		serve(rw, r, &p, func() (a answer, err error) {
			a.Published, err = w.Publish(r.Context(), p)
			return a, err
		})
	})
	mux.HandleFunc("POST "+pathSweep, func(rw http.ResponseWriter, r *http.Request) {
		var nothing int
		serve(rw, r, &nothing, func() (a answer, err error) {
			a.Progress, err = w.Sweep(r.Context())
			return a, err
		})
	})
	handleCorrections(mux, w)
	handleOrders(mux, to)
	handlePolicy(mux, w)
	return mux
}

func serve(rw http.ResponseWriter, r *http.Request, call any, do func() (answer, error)) {
	var a answer
	var err error
	if r.Header.Get("Galena-Protocol") != protocol {
		err = fault.New(fault.Conflict, "The server that runs on this data folder is of another version. Use the same galena for both.")
	} else if err = gob.NewDecoder(http.MaxBytesReader(rw, r.Body, maxCall)).Decode(call); err == nil {
		a, err = do()
	}
	if err != nil {
		a = answer{Fault: true, Kind: fault.KindOf(err), Text: fault.Text(err)}
	}
	// The peer is a command that may have gone away; there is nobody to tell.
	_ = gob.NewEncoder(rw).Encode(a)
}

// Client is a Writer that lets the server do it, and takes orders for it.
type Client struct{ http *http.Client }

// Answers says whether a server listens on the socket.
func Answers(socket string) bool {
	conn, err := net.DialTimeout("unix", socket, dialTimeout)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// Dial makes a client of the server that listens on the socket.
func Dial(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "unix", socket)
	}
	return &Client{&http.Client{Transport: &http.Transport{DialContext: dial, DisableCompression: true}}}
}

// CreateKey implements app.Writer.
func (c *Client) CreateKey(ctx context.Context, kind lead.KeyKind, name string) (string, error) {
	a, err := c.call(ctx, pathKey, keyCall{kind, name})
	return a.Key, err
}

// RevokeKey implements app.Writer.
func (c *Client) RevokeKey(ctx context.Context, which string) (lead.Key, error) {
	a, err := c.call(ctx, pathRevoke, which)
	return a.Revoked, err
}

// Known implements app.Writer.
func (c *Client) Known(ctx context.Context, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	a, err := c.call(ctx, pathKnown, hashes)
	return a.Known, err
}

// PutInStage implements app.Writer.
func (c *Client) PutInStage(ctx context.Context, o app.StageOrder) (app.Placed, error) {
	a, err := c.call(ctx, pathStage, o)
	return a.Placed, err
}

// Ingest implements app.Writer.
func (c *Client) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	events := make([]lead.Event, len(b.Events))
	for i, e := range b.Events {
		// Bodies tell them all; the server opens them again.
		e.Properties, e.Traits, e.Context = nil, nil, nil
		events[i] = e
	}
	a, err := c.call(ctx, pathIngest, pipeline.Batch{Events: events, Rejects: b.Rejects})
	return a.Receipt, err
}

// Publish implements app.Writer.
func (c *Client) Publish(ctx context.Context, p app.Proposal) (app.Published, error) {
	a, err := c.call(ctx, pathPublish, p)
	return a.Published, err
}

// Sweep implements app.Writer.
func (c *Client) Sweep(ctx context.Context) (pipeline.Progress, error) {
	a, err := c.call(ctx, pathSweep, 0)
	return a.Progress, err
}

func (c *Client) call(ctx context.Context, path string, body any) (answer, error) {
	var encoded bytes.Buffer
	if err := gob.NewEncoder(&encoded).Encode(body); err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://galena"+path, &encoded)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Galena-Protocol", protocol)
	resp, err := c.http.Do(req)
	if err != nil {
		// Not fault.Busy, which callers wait out: no server may ever come back.
		return answer{}, fault.Wrap(err, fault.Conflict, "The server that owned this data folder does not answer any more. Start it and try again; what it has taken is known and counts once")
	}
	defer resp.Body.Close()
	var a answer
	if err := gob.NewDecoder(resp.Body).Decode(&a); err != nil {
		return answer{}, fault.Wrap(err, fault.Conflict, "The server that owns this data folder went away during the call. Try again; what it has taken is known and counts once")
	}
	if a.Fault {
		return answer{}, &fault.Error{Kind: a.Kind, Text: a.Text}
	}
	return a, nil
}
