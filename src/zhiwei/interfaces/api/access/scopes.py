"""What a client may be allowed: scopes, and which of them move money.

The two levels are those of JR/T 0185-2020 for interfaces that a bank opens: what is said of products and services (A1),
and money and accounts (A2). Calls of the second level come from a client that proves its key with each call; where
money moves, or a client's keys change, the request itself is signed as well.
"""

from dataclasses import dataclass

INFORMATION, ACCOUNTS, MONEY = "A1", "A2", "A2 money"


@dataclass(frozen=True, slots=True)
class Scope:
    name: str
    level: str
    zh: str
    en: str


SCOPES = {
    one.name: one
    for one in (
        Scope("products:read", INFORMATION, "读取产品与试算", "read products and plan repayments"),
        Scope("parties:read", ACCOUNTS, "读取本方带来的主体", "read the parties it brought"),
        Scope("parties:write", ACCOUNTS, "登记主体", "register parties"),
        Scope("consents:write", ACCOUNTS, "登记与撤回授权", "give and withdraw consents"),
        Scope("records:write", ACCOUNTS, "推送经营数据", "push records"),
        Scope("applications:write", ACCOUNTS, "申请", "apply"),
        Scope("decisions:read", ACCOUNTS, "读取决定与要约", "read decisions and offers"),
        Scope("services:use", ACCOUNTS, "单项服务", "ask one service alone"),
        Scope("lines:read", ACCOUNTS, "读取额度、借据与对账单", "read lines, draws, schedules and statements"),
        Scope("lines:close", ACCOUNTS, "结束额度", "close lines that are empty"),
        Scope("offers:accept", MONEY, "接受要约", "accept offers"),
        Scope("draws:write", MONEY, "提款", "draw"),
        Scope("repayments:write", MONEY, "还款", "repay"),
        Scope("tasks:read", ACCOUNTS, "读取待办", "read tasks about its applications"),
        Scope("events:read", ACCOUNTS, "读取事件", "read events"),
        Scope("webhooks:write", ACCOUNTS, "管理回调", "manage webhooks"),
        Scope("client:read", INFORMATION, "读取本方约定", "read its own terms"),
        Scope("client:write", MONEY, "更换本方密钥", "change its own keys"),
        Scope("sandboxes:use", INFORMATION, "使用沙箱", "make sandboxes and move their time"),
    )
}
