"""Passwords many people choose, of the length that is asked here at least; folded in case.

What is shorter is refused by its length. NIST SP 800-63B section 3.1.1.2.
"""

_TEXT = """
012345678910 098765432109 0987654321098 111222333444 112233445566 121212121212 123123123123
123412341234 1234512345 123451234512345 123456123456 12345654321 123456654321 1234567890123
12345678901234 123456789012345 1234567890123456 1234567891011 12345678910111 1q2w3e4r5t6y
1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv a123456789012 aa123456789 abc123456789
abc123abc123 abcd12345678 abcdef123456 abcdefghijkl abcdefghijklm abcdefghijklmnop
abcdefghijklmnopqrstuvwxyz admin1234567 admin12345678 admin123456789 adminadmin123 adminadminadmin
administrador administrator administrator1 administrator123 asdfasdfasdf asdfghjkl123 asdfghjkl12345
asdfghjkl;' barcelona123 baseball1234 basketball12 basketball23 batman123456 changeme1234
changemechangeme computer1234 contrasena123 correcthorsebatterystaple dragon123456 football1234
iloveyou1234 iloveyou12345 iloveyouforever iloveyousomuch internet1234 internet12345 jennifer1234
letmein12345 letmeinletmein liverpool123 manchester123 manunited123 master123456 michael12345
minecraft123 monkey123456 motdepasse123 mustang12345 mypassword12 mypassword123 nopassword123
p@ssw0rd1234 p@ssw0rd12345 p@ssw0rd2024 p@ssw0rd2025 p@ssw0rd2026 p@ssword1234 passw0rd1234
password123! password1234 password1234! password12345 password123456 password1234567
password12345678 password123456789 password2023! password2024! password2025! password2026!
passwordpassword passwort1234 passwort123456 pokemon12345 princess1234 q1w2e3r4t5y6 q1w2e3r4t5y6u7i8
qazwsxedcrfv qazwsxedcrfvtgb qwerty123456 qwerty1234567 qwerty12345678 qwerty123456789 qwertyqwerty
qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertzuiop123
realmadrid123 secret123456 secretsecret shadow123456 starwars1234 summer2024!! summer2025!!
sunshine1234 superman1234 superman123456 temporary123 test12345678 testing12345 testtesttest
thisisapassword trustno1trustno1 welcome1234! welcome12345 welcome123456 whatever1234 winter2024!!
winter2025!! zaq12wsxcde3 zaq1xsw2cde3 zxcvbnm12345
"""
COMMON_PASSWORDS = frozenset(_TEXT.split())
