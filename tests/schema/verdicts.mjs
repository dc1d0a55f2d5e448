// The verdict of ajv on each file: `node verdicts.mjs SCHEMA FILE...` prints "valid FILE" or "invalid FILE: why".
import { readFileSync } from 'node:fs'
import Draft7 from 'ajv'
import Draft2019 from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'

const [schemaPath, ...files] = process.argv.slice(2)
const schema = JSON.parse(readFileSync(schemaPath, 'utf8'))
const Ajv = (/2019/.test(schema.$schema ?? '') ? Draft2019 : Draft7).default
const ajv = new Ajv({ strict: false, allErrors: false })
addFormats.default(ajv)
const validate = ajv.compile(schema)
for (const file of files) {
  const fits = validate(JSON.parse(readFileSync(file, 'utf8')))
  const why = fits ? '' : `: ${validate.errors[0].instancePath} ${validate.errors[0].message}`
  console.log(`${fits ? 'valid' : 'invalid'} ${file}${why}`)
}
