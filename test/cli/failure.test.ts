import { describe, expect, test } from '@jest/globals'
import { CommanderError } from 'commander'
import { failure } from '../../src/cli/failure.ts'
import { AdvxError, Interrupted } from '../../src/errors.ts'

describe('failure', () => {
  test.each([
    ['usage', 2],
    ['model', 3],
    ['picture', 3],
    ['output', 3],
  ] as const)('a fault of %s', (fault, exitCode) => {
    expect(failure(new AdvxError(fault, 'Expected\n\x1b[2Jmore'))).toEqual({ exitCode, lines: ['Expected more'] })
  })

  test('a bug keeps its stack', () => {
    const { exitCode, lines } = failure(new TypeError('oops\u202e'))
    expect(exitCode).toBe(70)
    expect(lines[0]).toBe('This is a bug of advx: oops')
    expect(lines[1]).toMatch(/^ +at .*failure\.test/)
    expect(lines[lines.length - 1]).toMatch(/^Please report it/)
  })
  test('so does an internal error', () => {
    expect(failure(new AdvxError('internal', 'x')).exitCode).toBe(70)
    expect(failure('thrown text').lines[0]).toBe('This is a bug of advx: thrown text')
  })

  test('an interrupted run', () => {
    expect(failure(new Interrupted())).toEqual({ exitCode: 130, lines: ['Interrupted: the same command resumes.'] })
  })

  test("commander's", () => {
    expect(failure(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toEqual({
      exitCode: 0,
      lines: [],
    })
    expect(failure(new CommanderError(1, 'commander.help', '(outputHelp)'))).toEqual({ exitCode: 2, lines: [] })
    const unknown = new CommanderError(
      1,
      'commander.unknownCommand',
      "error: unknown command 'atack'\n(Did you mean attack?)",
    )
    expect(failure(unknown)).toEqual({ exitCode: 2, lines: ["Unknown command 'atack'. Did you mean attack?"] })
  })
})
