// What the phone keeps: one IndexedDB. Personal words stand in it only encrypted (vault.js) or sealed (seal.js).
//
//   device  the pair of keys (not extractable), what the server said at enrolment          key: name
//   seats   one worker each: name, salt, the wrapped key of that worker's drafts           key: seat
//   items   what is written, ready, under way, sent                                         key: uuid
//   files   ciphertexts of photos and films                                                 key: id, index: item
//   kept    classes, outlines, tasks, the day's log, marks                                  key: name
const VERSION = 1;
let opened;

function upgrade(db) {
  db.createObjectStore("device");
  db.createObjectStore("seats", { keyPath: "seat" });
  db.createObjectStore("items", { keyPath: "uuid" });
  db.createObjectStore("files", { keyPath: "id" }).createIndex("item", "item");
  db.createObjectStore("kept");
}

function open() {
  if (!opened) {
    opened = new Promise((resolve, reject) => {
      const asked = indexedDB.open("yimen-field", VERSION);
      asked.onupgradeneeded = () => upgrade(asked.result);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    opened.catch(() => { opened = undefined; });
  }
  return opened;
}

const answer = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

// One transaction over some stores: all of `work` or nothing. `work` gets the stores and may not wait for anything else.
export async function change(names, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(names, "readwrite", { durability: "strict" });
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    const result = work(stores);
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function read(name, question) {
  const db = await open();
  return answer(question(db.transaction(name).objectStore(name)));
}

export const get = (name, key) => read(name, (store) => store.get(key));
export const all = (name) => read(name, (store) => store.getAll());
export const put = (name, value, key) => change([name], (stores) => { stores[name].put(value, key); });

// Change one row as it is now, in one transaction: two tabs do not overwrite each other. `edit` answers nothing to leave it.
export async function edit(name, key, edited) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(name);
    let result;
    store.get(key).onsuccess = (event) => {
      result = event.target.result && edited(event.target.result);
      if (result) store.put(result);
    };
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
