import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { contract as attempts } from "./StoreAttemptsContract.js"
import { contract as copy } from "./StoreCopyContract.js"
import { contract as hostile } from "./StoreHostileContract.js"
import { contract as log } from "./StoreLogContract.js"
import { contract as repair } from "./StoreRepairContract.js"
import { type Device, indexedDbDevice, memoryDevice } from "./StoreUnderTest.js"

const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  log(name, makeDevice)
  attempts(name, makeDevice)
  repair(name, makeDevice)
  copy(name, makeDevice)
  hostile(name, makeDevice)
}

contract("memory", memoryDevice)
contract("IndexedDB", indexedDbDevice)
