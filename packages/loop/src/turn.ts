/** Runs `callback` after the host gave timers and sockets their turn. */
export const afterTurn: (callback: () => void) => void =
  typeof setImmediate === "function" ? (callback) => void setImmediate(callback) : createMessageTurn();

/** Browsers: a message to oneself comes sooner than a timer of 0 ms, which they stretch to 4. */
function createMessageTurn(): (callback: () => void) => void {
  const channel = new MessageChannel();
  const callbacks: (() => void)[] = [];
  channel.port1.onmessage = () => callbacks.shift()?.();
  return (callback) => {
    callbacks.push(callback);
    channel.port2.postMessage(null);
  };
}
