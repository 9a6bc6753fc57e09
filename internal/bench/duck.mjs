// Sums up a table with DuckDB: node duck.mjs LIBRARY-FOLDER TABLE.csv QUERY
import { createRequire } from 'node:module'
const [library, table, query] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(library + '/')('@duckdb/node-api')
const connection = await (await DuckDBInstance.create(':memory:')).connect()
await connection.run('CREATE TABLE bench_events (lead INTEGER, rule SMALLINT, occurred BIGINT)')
await connection.run(`COPY bench_events FROM '${table}' (HEADER false)`)
let best = { wall_seconds: Infinity }
for (let i = 0; i < 3; i++) {
  const begun = process.hrtime.bigint()
  const cpu = process.cpuUsage()
  const [[leads, points]] = await (await connection.run(query)).getRows()
  const used = process.cpuUsage(cpu)
  const wall = Number(process.hrtime.bigint() - begun) / 1e9
  if (wall < best.wall_seconds) best = { leads: Number(leads), points: Number(points), wall_seconds: wall, cpu_seconds: (used.user + used.system) / 1e6 }
}
console.log(JSON.stringify(best))
process.exit(0)
