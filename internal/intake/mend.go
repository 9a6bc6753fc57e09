package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/tracking"
)

// Editable is what a person may mend of a reject, as readable as it can be.
func Editable(x *lead.Reject) string {
	body := bulk.Editable(x.Body)
	pretty := jsontext.Value(bytes.Clone(body))
	if err := pretty.Indent(jsontext.WithIndent("  "), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return string(body)
	}
	return string(pretty)
}

// Again sends a reject through the door at which it was refused, with the text
// that somebody made of Editable, or as it was for an empty one. What is taken in
// is noted as mended. A refusal is a fault.Invalid that tells why; it is not kept
// a second time. One that was mended before is a fault.Conflict.
func Again(ctx context.Context, a *app.App, to Sink, seq int64, text, by string) error {
	x, err := a.Reject(ctx, seq)
	if err != nil {
		return err
	}
	if x.Mended != nil {
		return fault.New(fault.Conflict, "Reject %d was mended already, by %s.", seq, x.Mended.By)
	}
	body := x.Body
	if text != "" {
		if len(text) > bulk.MaxBody {
			return fault.New(fault.TooLarge, "The text has %d bytes, more than the %d that an event may have.", len(text), bulk.MaxBody)
		}
		body = bulk.Mended(x.Body, []byte(text))
	}
	var batch pipeline.Batch
	if number, imported := lead.ImportOf(x.Source); imported {
		batch, err = rowAgain(ctx, a, number, x, body)
	} else {
		batch, err = messageAgain(ctx, a, x, body)
	}
	if err != nil {
		return err
	}
	if len(batch.Rejects) > 0 {
		r := &batch.Rejects[0]
		return fault.New(fault.Invalid, "Still refused (%s): %s", r.Code, r.Message)
	}
	if len(batch.Events) == 0 {
		return fault.New(fault.Invalid, "There is no event in the text.")
	}
	receipt, err := Insist(ctx, to, batch)
	if err != nil {
		return err
	}
	if receipt.Refused > 0 {
		return fault.New(fault.Invalid, "Still refused (%s): the row is about nobody who is known any more.", pipeline.CodeNobody)
	}
	return a.Mended(ctx, seq, by)
}

// messageAgain decodes what a key brought as it was decoded then: at the time of
// its arrival, and believed as far as the key is.
func messageAgain(ctx context.Context, a *app.App, x *app.KeptReject, body []byte) (pipeline.Batch, error) {
	keys, err := a.Keys(ctx)
	if err != nil {
		return pipeline.Batch{}, err
	}
	policy, err := a.Policy(ctx)
	if err != nil {
		return pipeline.Batch{}, err
	}
	from := tracking.Arrival{Received: x.Received, Source: x.Source, Origin: lead.Server, Addresses: policy.Addresses}
	for _, k := range keys {
		if k.ID == x.Source && k.Kind == lead.BrowserKey {
			from.Origin = lead.Browser
		}
	}
	var batch pipeline.Batch
	if hasBatch(body) {
		all, err := tracking.Decoder{}.Batch(body, from)
		if refusal, ok := errors.AsType[*tracking.Refusal](err); ok {
			return batch, fault.New(fault.Invalid, "Still refused (%s): %s", refusal.Code, refusal.Said)
		}
		batch = all.Batch
	} else {
		m, err := tracking.Decoder{}.Message(body, 0, from)
		if refusal, ok := errors.AsType[*tracking.Refusal](err); ok {
			return batch, fault.New(fault.Invalid, "Still refused (%s): %s", refusal.Code, refusal.Said)
		}
		batch.Events = append(batch.Events, m.Event)
	}
	for i := range batch.Events {
		if e := &batch.Events[i]; e.MessageID == "" {
			e.MessageID = fmt.Sprintf("galena-mended-%d-%d", x.Seq, i) // the same when it is tried twice
		}
	}
	return batch, nil
}

// hasBatch says whether a body is an envelope with messages.
func hasBatch(body []byte) bool {
	var m struct {
		Batch jsontext.Value `json:"batch"`
	}
	// What cannot be read is refused where it is decoded.
	_ = json.Unmarshal(body, &m, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return m.Batch.Kind() == '['
}

// rowAgain reads a row of an import as that was read, by its mapping.
func rowAgain(ctx context.Context, a *app.App, number int64, x *app.KeptReject, body []byte) (pipeline.Batch, error) {
	m := &app.Import{}
	if number > 0 {
		var err error
		if m, err = a.Import(ctx, number); err != nil {
			return pipeline.Batch{}, err
		}
	}
	o, err := options(m, x.Received)
	if err != nil {
		return pipeline.Batch{}, err
	}
	// What was refused is kept as JSON, whatever the file was.
	if o.Format = bulk.NDJSON; o.Mapping != nil {
		o.Mapping.Format = bulk.NDJSON
	}
	// A line of its own, however it was written for people.
	line := jsontext.Value(bytes.Clone(body))
	if err := line.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return pipeline.Batch{}, fault.New(fault.Invalid, "The row is no JSON object. Write one with the names of the columns as its members: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	policy, err := a.Policy(ctx)
	if err != nil {
		return pipeline.Batch{}, err
	}
	o.Decode = func(line []byte) (lead.Event, *lead.Reject) { return Decode(line, policy.Addresses) }
	rd, err := bulk.NewReader(bytes.NewReader(line), o)
	if err != nil {
		return pipeline.Batch{}, fault.Wrap(err, fault.Invalid, "The row cannot be read: %s", fault.Said(err))
	}
	if err := rd.Knows(bulk.Playbook{Scores: a.ScoreNames()}); err != nil {
		return pipeline.Batch{}, err
	}
	row, err := rd.Next()
	if err != nil && !errors.Is(err, io.EOF) {
		return pipeline.Batch{}, err
	}
	batch := pipeline.Batch{Events: row.Events}
	if row.Reject != nil {
		batch.Rejects = append(batch.Rejects, *row.Reject)
	}
	return batch, nil
}

// options are how the file of an import is read at a moment.
func options(m *app.Import, now lead.Time) (bulk.Options, error) {
	o := bulk.Options{
		Format: bulk.Format(m.Format), Source: m.Source, SourceID: lead.SourceOfImport(m.Number), Now: now, Backfill: m.Backfill,
	}
	var err error
	if m.Mapping != "" {
		o.Mapping, err = bulk.ParseMapping([]byte(m.Mapping))
	}
	return o, err
}
