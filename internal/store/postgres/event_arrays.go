package postgres

import "galena/internal/lead"

// eventArrays are events column by column, as unnest takes them.
type eventArrays struct {
	lead                                                                             []int64
	messageID, name, userID, anonymousID, groupID, previousID, email, company, phone []string
	kind, origin                                                                     []int16
	source, occurred, received                                                       []int64
	backfill, sanitised                                                              []bool
	body, hash                                                                       [][]byte
}

func (a *eventArrays) add(e *lead.Event, hash lead.MessageHash) {
	a.lead = append(a.lead, int64(e.Lead))
	a.messageID = append(a.messageID, pack(e.MessageID))
	a.kind = append(a.kind, int16(e.Type))
	a.name = append(a.name, pack(e.Name))
	a.userID = append(a.userID, pack(e.UserID))
	a.anonymousID = append(a.anonymousID, pack(e.AnonymousID))
	a.groupID = append(a.groupID, pack(e.GroupID))
	a.previousID = append(a.previousID, pack(e.PreviousID))
	a.email = append(a.email, pack(e.Email))
	a.company = append(a.company, pack(e.Company))
	a.phone = append(a.phone, pack(e.Phone))
	a.origin = append(a.origin, int16(e.Origin))
	a.source = append(a.source, e.Source)
	a.occurred = append(a.occurred, int64(e.Occurred))
	a.received = append(a.received, int64(e.Received))
	a.backfill = append(a.backfill, e.Backfill)
	a.sanitised = append(a.sanitised, e.Sanitised)
	a.body = append(a.body, bytesOrNull(e.Body))
	a.hash = append(a.hash, hash[:])
}

// parameters are those of insertEvents.
func (a *eventArrays) parameters() []any {
	return []any{
		int64(len(a.lead)), a.lead, a.messageID, a.kind, a.name, a.userID, a.anonymousID, a.groupID, a.previousID,
		a.email, a.company, a.origin, a.source, a.occurred, a.received, a.backfill, a.sanitised, a.body, a.phone, a.hash,
	}
}
