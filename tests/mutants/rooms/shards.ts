import type { Room } from '../mutant.ts';

const fence = 'engine/store/batch/shard-fence.ts';
const hold = 'engine/flows/shards/hold-shards.ts';
const owners = 'engine/store/upkeep/shard-owners.ts';
const serve = 'engine/flows/shards/serve-own-shards.ts';
const ofOwners = 'tests/integration/engine/store/upkeep/shard-owners.test.ts';
const ofEpochs = 'tests/integration/engine/store/shard-epochs.test.ts';
const ofHolding = 'tests/unit/engine/flows/shards/hold-shards.test.ts';
const ofFollowing = 'tests/unit/terminal-adapter/client/follow-owner.test.ts';

export const shards: Room = {
  title: 'Engines that divide the shards',
  mutants: [
    {
      name: 'epoch-not-compared',
      bug: 'The writing statement looks for the shard and not at its epoch.',
      breaks: 'An engine that slept through its lease writes nothing.',
      file: fence,
      from: ' and t.epoch = k.epoch',
      to: '',
      tests: [ofOwners, ofEpochs],
    },
    {
      name: 'shard-not-held',
      bug: 'The epoch is looked at, and may rise before the commit.',
      breaks: 'Nobody takes a shard from under a batch.',
      file: fence,
      from: 'order by t.shard for share of t`',
      to: 'order by t.shard`',
      tests: [ofOwners, ofEpochs],
    },
    {
      name: 'epoch-kept-on-taking',
      bug: 'A shard that is taken over keeps its epoch.',
      breaks: 'What its last owner has under way is not committed any more.',
      file: owners,
      from: 'epoch = o.epoch + 1',
      to: 'epoch = o.epoch',
      tests: [ofOwners, ofEpochs],
    },
    {
      name: 'given-up-in-use',
      bug: 'A shard is given up while a command for it waits for its batch.',
      breaks: 'What an engine has begun it finishes before it goes.',
      file: hold,
      from: '      await usage.idle(shards);',
      to: '',
      tests: [ofOwners],
    },
    {
      name: 'shard-on-its-way-is-nobodys',
      bug: 'Who asks for a shard that one engine has given up and the next has not taken yet is sent away at once.',
      breaks: 'A shard that moves is waited for; nobody is refused because an engine joins.',
      file: hold,
      from: 'let looks = 0; looks < LOOKS',
      to: 'let looks = LOOKS_FOR_AN_OWNER; looks < LOOKS',
      tests: [ofHolding, ofOwners],
    },
    {
      name: 'lease-of-a-wrong-clock-believed',
      bug: 'A lease that ends tomorrow lasts until tomorrow.',
      breaks: 'No moment is believed that cannot be.',
      file: owners,
      from: 'and l.lease_until <= ',
      to: 'and l.lease_until <> ',
      tests: [ofOwners],
    },
    {
      name: 'bank-word-refused',
      bug: 'What the bank has said to an engine that lost the shard is refused like a sale.',
      breaks: 'What is said once reaches the owner.',
      file: serve,
      from: 'if (!isBankWord(command)) return',
      to: 'return',
      tests: [ofOwners],
    },
    {
      name: 'sent-on-to-a-line-that-others-read',
      bug: 'A terminal that speaks https follows to http.',
      breaks: 'Cards and PIN blocks stay on lines that nobody else reads.',
      file: 'terminal-adapter/client/owner-address.ts',
      from: "url?.protocol === 'http:' && !isSecret(from)",
      to: "url?.protocol === 'http:'",
      tests: [ofFollowing],
    },
    {
      name: 'sent-on-for-ever',
      bug: 'Two engines that name each other keep a terminal between them.',
      breaks: 'A terminal gives up, and asks again later.',
      file: 'terminal-adapter/client/engine-client.ts',
      from: 'referrals < REFERRALS_MAX',
      to: 'referrals < 50 * REFERRALS_MAX',
      tests: [ofFollowing],
    },
  ],
};
