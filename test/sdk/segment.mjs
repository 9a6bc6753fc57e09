// Sends messages with the Node library and prints the ids of those that it
// believes were delivered. Fails if it gives up on any.
import { Analytics } from '@segment/analytics-node'

const [host, writeKey, count] = process.argv.slice(2)
const analytics = new Analytics({ host, writeKey, flushAt: 20, flushInterval: 100 })

const failures = []
const delivered = (err, ctx) => {
  if (err) failures.push(err)
  else console.log(ctx.event.messageId)
}

for (let i = 0; i < Number(count); i++) {
  const userId = `user-${i % 50}`
  switch (i % 6) {
    case 0: analytics.identify({ userId, traits: { email: `${userId}@example.com`, plan: 'team' } }, delivered); break
    case 1: analytics.track({ userId, event: 'Trial Started', properties: { seats: i, note: 'näıve 🚀 ]}",' } }, delivered); break
    case 2: analytics.page({ anonymousId: `anonymous-${i}`, name: 'Pricing', properties: { path: '/pricing' } }, delivered); break
    case 3: analytics.screen({ userId, name: 'Home' }, delivered); break
    case 4: analytics.group({ userId, groupId: `group-${i % 7}`, traits: { name: 'Acme' } }, delivered); break
    case 5: analytics.alias({ userId, previousId: `anonymous-${i}` }, delivered); break
  }
}
await analytics.closeAndFlush({ timeout: 60_000 })
if (failures.length > 0) {
  console.error(`${failures.length} messages were given up:`, failures[0])
  process.exit(1)
}
